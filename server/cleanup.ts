/** What has been started and must be stopped, the last first. */
export class Cleanup {
  readonly #undo: { name: string; stop: () => unknown }[] = []
  readonly #failed: (name: string, error: unknown) => void
  #done: Promise<void> | undefined

  /** `failed` is told of a part that did not stop in order; the others are stopped all the same. */
  constructor(failed: (name: string, error: unknown) => void) {
    this.#failed = failed
  }

  add(name: string, stop: () => unknown): void {
    this.#undo.push({ name, stop })
  }

  /** Stops everything, once. */
  run(): Promise<void> {
    return (this.#done ??= this.#run())
  }

  async #run(): Promise<void> {
    for (const { name, stop } of this.#undo.toReversed()) {
      try {
        await stop()
      } catch (error) {
        this.#failed(name, error)
      }
    }
  }
}
