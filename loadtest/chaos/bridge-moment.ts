import { createClient, type ClickHouseClient } from '@clickhouse/client'
import kafkajs from 'kafkajs'

/**
 * Where a leader can be made to stand still: `sent`: its messages and cursor are with Kafka, the transaction is open;
 * `committed`: it has ended, and Postgres does not know yet; `named`: a chunk is named in Postgres and not sent to ClickHouse;
 * `inserted`: ClickHouse has it, and Postgres does not know yet.
 */
export const moments = ['sent', 'committed', 'named', 'inserted'] as const
export type Moment = (typeof moments)[number]

/** Whose leader it is that comes by each of them. */
export const sinkOf = { sent: 'kafka', committed: 'kafka', named: 'clickhouse', inserted: 'clickhouse' } as const

/** Called at each moment; the write goes on when it resolves. */
type Reached = (moment: Moment) => Promise<void>

/**
 * Lets `reached` hold up every write of this process. It sits between the sinks and the clients they use, so that what runs
 * in a chaos run is what runs in production, to the letter.
 */
export function watchMoments(reached: Reached): void {
  watchKafka(reached)
  watchClickHouse(reached)
}

function watchKafka(reached: Reached): void {
  const prototype = kafkajs.Kafka.prototype
  const newProducer = Reflect.get(prototype, 'producer')
  prototype.producer = function (this: kafkajs.Kafka, config) {
    const producer = newProducer.call(this, config)
    const begin = async (): Promise<kafkajs.Transaction> => {
      const transaction = await producer.transaction()
      const commit = async (): Promise<void> => {
        await reached('sent')
        await transaction.commit()
        await reached('committed')
      }
      return Object.assign(Object.create(transaction) as kafkajs.Transaction, { commit })
    }
    return Object.assign(Object.create(producer) as kafkajs.Producer, { transaction: begin })
  }
}

function watchClickHouse(reached: Reached): void {
  // Of a client as it is made: the class that goes by the name of the client is not the one that clients are of.
  const prototype = Object.getPrototypeOf(createClient()) as ClickHouseClient
  const execute = Reflect.get(prototype, 'exec')
  prototype.exec = async function (this: ClickHouseClient, params) {
    const isInsert = params.query.startsWith('insert into transaction_events')
    if (isInsert) await reached('named')
    const result = await execute.call(this, params)
    if (isInsert) await reached('inserted')
    return result
  }
}
