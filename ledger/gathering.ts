type Options = Readonly<{
  /** Questions that are asked in one go. */
  batch_max: number
  /** Goes that are under way at the same time. */
  at_once_max: number
}>

type Waiting<Q, A> = Readonly<{ question: Q; settle: (answer: A) => void; fail: (error: unknown) => void }>

/**
 * Answers many single questions by asking for several at a time: those that come in one turn of the event loop go together, and
 * while as many goes are under way as may be, whoever comes waits for the next. Nobody is answered by a go that had begun before
 * they asked. When a go fails, each of its questions is asked alone, so that none fails for another one's fault.
 */
export class Gathering<Q, A> {
  readonly #ask: (questions: readonly Q[]) => Promise<readonly A[]>
  readonly #options: Options
  #waiting: Waiting<Q, A>[] = []
  #underWay = 0
  #isDue = false

  /** `ask` gives one answer to each question, in their order. */
  constructor(ask: (questions: readonly Q[]) => Promise<readonly A[]>, options: Options) {
    this.#ask = ask
    this.#options = options
  }

  ask(question: Q): Promise<A> {
    return new Promise((settle, fail) => {
      this.#waiting.push({ question, settle, fail })
      if (this.#isDue || this.#underWay >= this.#options.at_once_max) return
      this.#isDue = true
      setImmediate(() => {
        this.#isDue = false
        this.#go()
      })
    })
  }

  #go(): void {
    while (this.#waiting.length > 0 && this.#underWay < this.#options.at_once_max) {
      const batch = this.#waiting.splice(0, this.#options.batch_max)
      this.#underWay++
      void this.#answer(batch).finally(() => {
        this.#underWay--
        this.#go()
      })
    }
  }

  async #answer(batch: readonly Waiting<Q, A>[]): Promise<void> {
    try {
      const answers = await this.#ask(batch.map(({ question }) => question))
      for (const [i, { settle }] of batch.entries()) settle(answers[i]!)
    } catch (error) {
      if (batch.length === 1) batch[0]!.fail(error)
      else await Promise.all(batch.map((each) => this.#answer([each])))
    }
  }
}
