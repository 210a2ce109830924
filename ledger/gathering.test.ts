import { setTimeout as delay } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Gathering } from './gathering.ts'

const limits = { batch_max: 100, at_once_max: 1 }

test('what is asked in one turn is asked in one go, and each gets its own answer', async () => {
  const goes: (readonly number[])[] = []
  const gathering = new Gathering(async (questions: readonly number[]) => {
    goes.push(questions)
    return questions.map((n) => n * 2)
  }, limits)
  expect(await Promise.all([1, 2, 3].map((n) => gathering.ask(n)))).toEqual([2, 4, 6])
  expect(goes).toEqual([[1, 2, 3]])
})

test('nobody is answered by a go that had begun before they asked', async () => {
  let state = 'before'
  const gathering = new Gathering(async (questions: readonly string[]) => {
    const seen = state
    await delay(5)
    return questions.map(() => seen)
  }, limits)
  const early = gathering.ask('early')
  await delay(1)
  state = 'after'
  expect(await Promise.all([early, gathering.ask('late')])).toEqual(['before', 'after'])
})

test('a question that cannot be answered fails alone', async () => {
  const gathering = new Gathering(async (questions: readonly string[]) => {
    if (questions.includes('bad')) throw new Error('bad question')
    return questions
  }, limits)
  const told = await Promise.allSettled(['a', 'bad', 'b'].map((question) => gathering.ask(question)))
  expect(told.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(await gathering.ask('c')).toBe('c')
})

test('never more go at once, nor more in one go, than may, and everybody is answered', async () => {
  const scenario = fc.record({
    batch_max: fc.integer({ min: 1, max: 5 }),
    at_once_max: fc.integer({ min: 1, max: 3 }),
    asked: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 30 }),
  })
  await fc.assert(
    fc.asyncProperty(scenario, async ({ asked, ...options }) => {
      let underWay = 0
      const gathering = new Gathering(async (questions: readonly number[]) => {
        expect(questions.length).toBeLessThanOrEqual(options.batch_max)
        expect(++underWay).toBeLessThanOrEqual(options.at_once_max)
        await delay(questions[0]! % 2)
        underWay--
        return questions
      }, options)
      const answers = asked.map(async (wait, n) => {
        for (let turn = 0; turn < wait; turn++) await new Promise((settle) => setImmediate(settle))
        return gathering.ask(n)
      })
      expect(await Promise.all(answers)).toEqual(asked.map((_, n) => n))
    }),
    { numRuns: 50 },
  )
})
