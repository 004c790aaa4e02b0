/**
 * Builds the C and C++ peers from the sources that public packages carry, into a folder of the user's: word2vec.c from
 * npm `word2vec`, fastText from PyPI `fasttext`, GloVe from PyPI `crucyble`. What is built once is used again.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))

/** The programs that could be had; a missing one is undefined, and why was printed. */
export interface PeerPrograms {
  readonly word2vec: string | undefined
  readonly fastText: { readonly path: string; readonly version: string } | undefined
  /** Folder with GloVe's four steps. */
  readonly glove: string | undefined
}

/** @param python - A Python whose pip fetches sources. */
export function buildPeers(cache: string, python: string): PeerPrograms {
  mkdirSync(cache, { recursive: true })
  return {
    word2vec: attempt('word2vec.c', () => buildWord2vec(join(cache, 'word2vec'))),
    fastText: attempt('fastText', () => buildFastText(join(cache, 'fasttext'), python)) ?? debianFastText(),
    glove: attempt('GloVe', () => buildGlove(join(cache, 'glove'), python)),
  }
}

function attempt<T>(name: string, build: () => T): T | undefined {
  try {
    return build()
  } catch (error) {
    console.error(
      `${name} could not be built: ${error instanceof Error ? error.message.split('\n')[0] : error}`,
    )
    return undefined
  }
}

const run = (folder: string, program: string, ...args: string[]) =>
  execFileSync(program, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' })

/** Unpacks the archive of a package into `folder` and gives the one folder in it. */
function unpack(folder: string, fetch: () => void): string {
  mkdirSync(folder, { recursive: true })
  const archive = () => readdirSync(folder).find(name => /\.t(ar\.)?gz$/.test(name))
  if (archive() === undefined) fetch()
  run(folder, 'tar', '-xzf', archive()!)
  const inner = readdirSync(folder, { withFileTypes: true }).find(entry => entry.isDirectory())
  return join(folder, inner!.name)
}

/** The source distribution of a PyPI package. */
const sourceOf = (folder: string, python: string, name: string, version: string) =>
  unpack(folder, () =>
    run(folder, python, '-m', 'pip', 'download', '--no-deps', '--no-binary', name, `${name}==${version}`),
  )

function buildWord2vec(folder: string): string {
  const program = join(folder, 'word2vec')
  if (existsSync(program)) return program
  const source = unpack(folder, () => run(folder, 'npm', 'pack', '--silent', 'word2vec@1.1.5'))
  // The program does not say how long it trained: two clock readings are put around its threads, nothing else.
  const file = join(source, 'src', 'word2vec.c')
  const clock =
    '{ struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); SECONDS t.tv_sec + t.tv_nsec * 1e-9; }'
  const text = ['#include <time.h>', 'static double began, ended;', readFileSync(file, 'utf8')].join('\n')
  const timed = text
    .replace('  start = clock();\n', `  start = clock();\n  ${clock.replace('SECONDS', 'began =')}\n`)
    .replace(
      /(pthread_join\(pt\[a\], NULL\);\n)/,
      `$1  ${clock.replace('SECONDS', 'ended =')}\n  printf("\\ntraining seconds: %f\\n", ended - began);\n`,
    )
  if (timed.split('clock_gettime').length !== 3) throw new Error('its source is not the one we know')
  writeFileSync(join(source, 'src', 'timed.c'), timed)
  const flags = ['-Ofast', '-march=native', '-funroll-loops', '-pthread', '-w']
  run(folder, 'cc', ...flags, '-o', program, join(source, 'src', 'timed.c'), '-lm')
  return program
}

function buildFastText(folder: string, python: string): PeerPrograms['fastText'] {
  const path = join(folder, 'fasttext')
  const version = 'fastText 0.9.3 (PyPI source), c++ -O3 -march=native -funroll-loops'
  if (existsSync(path)) return { path, version }
  const source = join(sourceOf(folder, python, 'fasttext', '0.9.3'), 'src')
  const files = readdirSync(source).filter(name => name.endsWith('.cc'))
  run(
    source,
    'c++',
    '-O3',
    '-march=native',
    '-funroll-loops',
    '-std=c++17',
    '-pthread',
    '-w',
    '-o',
    path,
    ...files,
  )
  return { path, version }
}

function debianFastText(): PeerPrograms['fastText'] {
  const path = '/usr/bin/fasttext'
  return existsSync(path)
    ? { path, version: 'fastText 0.9.2 (Debian, not built for this processor)' }
    : undefined
}

function buildGlove(folder: string, python: string): string {
  const steps = { vocabulary: 'VOCABULARY', count: 'COUNT', shuffle: 'SHUFFLE', train: 'TRAIN' }
  if (Object.keys(steps).every(name => existsSync(join(folder, name)))) return folder
  const source = join(sourceOf(folder, python, 'crucyble', '0.1.0.dev4'), 'src', 'lib', 'glove')
  const main = join(here, 'peers', 'glove_steps.c')
  const flags = ['-O3', '-march=native', '-funroll-loops', '-pthread', '-w', '-I', source]
  for (const [name, step] of Object.entries(steps))
    run(folder, 'cc', ...flags, `-DSTEP_${step}`, '-o', join(folder, name), main, '-lm')
  return folder
}
