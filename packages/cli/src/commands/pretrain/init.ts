/** `elman pretrain init`: a folder with a pipeline to begin with. */
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { ElmanError, suggestion } from '@elman/core'
import type { Terminal } from '../../terminal.ts'
import { elmoPipeline } from './presets/elmo.ts'
import { maskedLmPipeline } from './presets/masked-lm.ts'
import type { PipelinePreset } from './presets/preset.ts'
import { ulmfitPipeline } from './presets/ulmfit.ts'

/** The pipelines that `init` knows. */
export const PIPELINE_PRESETS: Readonly<Record<string, PipelinePreset>> = {
  ulmfit: ulmfitPipeline,
  elmo: elmoPipeline,
  'masked-lm': maskedLmPipeline,
}

const FILE = 'elman.pipeline.json'

/** Writes a pipeline and the example texts it reads; overwrites nothing. */
export async function initPretrain(name: string, folder: string, terminal: Terminal): Promise<void> {
  const preset = PIPELINE_PRESETS[name]
  if (preset === undefined) {
    throw new ElmanError('PIPELINE_PRESET_UNKNOWN', {
      message: `there is no pipeline "${name}" to begin with`,
      hint: suggestion(name, Object.keys(PIPELINE_PRESETS), 'pipelines'),
    })
  }
  const path = resolve(folder)
  if (existsSync(join(path, FILE))) {
    throw new ElmanError('CLI_FILE_EXISTS', {
      message: `${relative(process.cwd(), join(path, FILE))} is there already`,
      hint: 'give another folder, or change that file',
    })
  }
  await mkdir(path, { recursive: true })
  const files = {
    [FILE]: `${JSON.stringify(preset.pipeline, null, 2)}\n`,
    ...preset.files,
    '.gitignore': 'pipeline/\n',
  }
  const written: string[] = []
  for (const [file, content] of Object.entries(files)) {
    if (existsSync(join(path, file))) continue
    await writeFile(join(path, file), content)
    written.push(file)
  }
  const near = relative(process.cwd(), path)
  const next = `${near === '' ? '' : `cd ${near} && `}elman pretrain run`
  const lines = [`wrote ${written.join(', ')}`, ...preset.advice.map(line => `- ${line}`), `next: ${next}`]
  terminal.result({ folder: path, written }, lines.join('\n'))
}
