/** Those who want to be told. Telling goes to who was there when it began. */
export class Listeners<T> {
  #all = new Set<(value: T) => void>()

  /** Returns how to stop listening. */
  add(listen: (value: T) => void): () => void {
    const own = (value: T) => listen(value)
    this.#all.add(own)
    return () => void this.#all.delete(own)
  }

  tell(value: T): void {
    const present = Array.from(this.#all)
    for (const listen of present) listen(value)
  }
}
