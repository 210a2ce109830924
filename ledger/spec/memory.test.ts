import { describe } from 'vitest'
import { openMemorySpecStore } from './memory-store.ts'
import { ledgerSpec } from './spec.ts'

describe('the ledger in memory', () => ledgerSpec(openMemorySpecStore))
