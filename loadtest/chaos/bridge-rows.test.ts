import { describe, expect, test } from 'vitest'
import { differenceOf } from './bridge-rows.ts'

const rows = ['1\tacme\t10', '2\tacme\t20', '3\tglobex\t30']

describe('rows of Postgres and ClickHouse', () => {
  test('are the same in any order', () => {
    expect(differenceOf(rows, rows.toReversed())).toBeUndefined()
    expect(differenceOf([], [])).toBeUndefined()
  })

  test('differ when one is missing, there twice, or another', () => {
    expect(differenceOf(rows, rows.slice(0, 2))).toMatch('3 in Postgres, 2 in ClickHouse; first "3\\tglobex\\t30"')
    expect(differenceOf(rows, [...rows, rows[0]!])).toMatch('3 in Postgres, 4 in ClickHouse')
    expect(differenceOf(rows, [...rows.slice(1), '1\tacme\t11'])).toMatch('and "1\\tacme\\t11"')
    expect(differenceOf([], rows)).toMatch('first null and "1\\tacme\\t10"')
  })
})
