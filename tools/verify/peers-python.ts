import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** How to get the Python that the peers live in. */
export const PEERS_PYTHON =
  "the peers' Python: python3 -m venv .venv && .venv/bin/pip install -r benchmarks/requirements.txt, or its path in ELMAN_PYTHON"

/** The Python of the peers: that of ELMAN_PYTHON, or of .venv. @throws Error that says how to get one */
export function peersPython(): string {
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const bin = process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python'
  const python = process.env.ELMAN_PYTHON ?? join(root, '.venv', bin)
  if (!existsSync(python))
    throw new Error(`there is no Python at ${python}: this check needs ${PEERS_PYTHON}`)
  return python
}
