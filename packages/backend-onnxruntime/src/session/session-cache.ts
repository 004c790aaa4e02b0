import { createHash } from 'node:crypto'
import { createSession, type Session } from './session.ts'
import { resolveSessionOptions, type SessionOptions } from './session-options.ts'

/** A share in a cached session. */
export interface SessionLease {
  readonly session: Session
  /** SHA-256 of model and options, hexadecimal. */
  readonly key: string
  /** Gives the share back; the last one releases the session. Calling it again does nothing. */
  release(): Promise<void>
}

interface Entry {
  readonly session: Promise<Session>
  shares: number
}

/** Sessions by content: the same model with the same options is made once, however many hold it. */
export class SessionCache {
  readonly #entries = new Map<string, Entry>()

  /** Sessions held now. */
  get size(): number {
    return this.#entries.size
  }

  /**
   * A share in the session of this model and options; makes it when there is none.
   *
   * @throws what {@link createSession} throws; a failed session is not remembered.
   */
  async acquire(model: Uint8Array, options: SessionOptions = {}): Promise<SessionLease> {
    const key = sessionKey(model, options)
    let entry = this.#entries.get(key)
    if (entry === undefined) {
      entry = { session: createSession(model, options), shares: 0 }
      this.#entries.set(key, entry)
    }
    const held = entry
    held.shares++
    try {
      const session = await held.session
      let returned: Promise<void> | undefined
      return { session, key, release: () => (returned ??= this.#giveBack(key, held, session)) }
    } catch (error) {
      if (this.#entries.get(key) === held) this.#entries.delete(key)
      throw error
    }
  }

  async #giveBack(key: string, entry: Entry, session: Session): Promise<void> {
    if (--entry.shares > 0) return
    this.#entries.delete(key)
    await session.release()
  }
}

/** The key that {@link SessionCache} uses: SHA-256 over the model's bytes and all options with their defaults. */
export function sessionKey(model: Uint8Array, options: SessionOptions = {}): string {
  const resolved = Object.entries(resolveSessionOptions(options)).sort(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256').update(JSON.stringify(resolved)).update('\0').update(model).digest('hex')
}
