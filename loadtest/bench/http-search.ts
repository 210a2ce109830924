/** From one rate to the next while looking for the first that does not hold. */
const STEP = 1.4

/**
 * The highest rate that was seen to hold: from `from` upwards in steps (downwards by halves, when that does not hold), then between
 * the last that held and the first that did not, halving what lies between them `tries` times. In whole tens; 0 when none held.
 */
export async function highestRate(
  { from, tries }: Readonly<{ from: number; tries: number }>,
  holds: (per_s: number) => Promise<boolean>,
): Promise<number> {
  let [good, bad] = (await holds(from)) ? await upwards(from, holds) : await downwards(from, holds)
  for (let n = 0; n < tries && bad - good > 20; n++) {
    const between = inTens((good + bad) / 2)
    if (await holds(between)) good = between
    else bad = between
  }
  return good
}

async function upwards(good: number, holds: (per_s: number) => Promise<boolean>): Promise<[number, number]> {
  const next = inTens(good * STEP)
  return (await holds(next)) ? upwards(next, holds) : [good, next]
}

async function downwards(bad: number, holds: (per_s: number) => Promise<boolean>): Promise<[number, number]> {
  if (bad <= 10) return [0, bad]
  const next = inTens(bad / 2)
  return (await holds(next)) ? [next, bad] : downwards(next, holds)
}

const inTens = (per_s: number): number => Math.round(per_s / 10) * 10
