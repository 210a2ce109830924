import { inject } from 'vitest'
import { requireService } from '../services.ts'
import { up } from './home.ts'
import type { Service } from './service.ts'

/** Whether tests that need this service can run; a test file puts it into `describe.skipIf(!hasService(kafka))`. */
export function hasService(service: Service): boolean {
  const lacks = process.env[service.variable] ? undefined : service.lacks()
  return requireService(lacks === undefined ? service.name : `${service.name} (${lacks})`, lacks === undefined)
}

/** The one instance that all test files of a run share, started by the first that asks and stopped when the run ends. */
export function sharedService(service: Service): Promise<string> {
  return up(service, inject('services'))
}
