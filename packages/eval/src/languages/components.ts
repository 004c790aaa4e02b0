/** The registry entries of every language that comes with elman. */
import type { DescriptorOf } from '@elman/core'
import { languageComponent } from './component.ts'
import { grammarLanguageComponent, regexLanguageComponent } from './definition-components.ts'
import { type Language, LEVELS } from './language.ts'
import { additionInterleaved, additionSerial } from './tasks/addition.ts'
import { anbn, anbncn, anbncndn } from './tasks/blocks.ts'
import { boundedDyckComponent, dyck23 } from './tasks/bounded-dyck.ts'
import { bracketedComponent, bracketedModulo5 } from './tasks/bracketed-expression.ts'
import { copy, markedCopy } from './tasks/copy.ts'
import { dyck, dyck1, dyckComponent } from './tasks/dyck.ts'
import { endsWith, first } from './tasks/edges.ts'
import { flipFlop } from './tasks/flip-flop.ts'
import { wordProblems } from './tasks/groups.ts'
import { majority } from './tasks/majority.ts'
import { modularExpression, modularExpressionPrecedence } from './tasks/modular-expression.ts'
import { modularWalk, modularWalkComponent } from './tasks/modular-walk.ts'
import { palindrome } from './tasks/palindrome.ts'
import { parity } from './tasks/parity.ts'
import { markedReverse, reverse } from './tasks/reverse.ts'
import { shuffleDyck } from './tasks/shuffle-dyck.ts'
import { stackProgram } from './tasks/stack-program.ts'
import { duplicate, oddsFirst } from './tasks/tape.ts'
import { tomita3, tomita4, tomita5, tomita6, tomita7 } from './tasks/tomita.ts'

/** Languages without options of their own. */
const plain: readonly Language[] = [
  ...[first, endsWith, tomita3, tomita4, tomita5, tomita6, tomita7, parity, flipFlop],
  ...[modularExpression, modularExpressionPrecedence, ...wordProblems, dyck23, additionInterleaved],
  ...[anbn, anbncn, dyck1, shuffleDyck, majority],
  ...[reverse, markedReverse, stackProgram],
  palindrome,
  ...[copy, markedCopy, duplicate, oddsFirst, additionSerial, anbncndn],
]

/** Every language of the ladder with its own options, from the weakest level to the strongest. */
export const languages: readonly Language[] = [
  ...plain,
  ...[modularWalk(5), dyck(2), bracketedModulo5(false)],
].sort((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level))

/** For `register` of a plugin. */
export const languageComponents: readonly DescriptorOf<'language'>[] = [
  ...plain.map(languageComponent),
  ...[modularWalkComponent, boundedDyckComponent, dyckComponent, bracketedComponent],
  ...[regexLanguageComponent, grammarLanguageComponent],
]
