/** A real service that tests, benches and people start beside us, each by the same few words. */
export type Service = Readonly<{
  name: string
  /** The variable that names a running one, which is then used as it is and never stopped by us. */
  variable: string
  /** What this machine lacks to start it; undefined when nothing. */
  lacks: () => string | undefined
  /** The program to run over `folder` (empty at first, kept over restarts) on `port` of 127.0.0.1. */
  launch: (at: Readonly<{ folder: string; port: number }>) => Promise<Launch>
  /** What the variable is set to; may throw as long as it does not answer. */
  address: (at: Readonly<{ folder: string; port: number }>) => string
  /** Whether it answers; a rejection counts as not yet. */
  answers: (address: string) => Promise<boolean>
}>

export type Launch = Readonly<{ command: string; args: readonly string[]; env?: Readonly<Record<string, string>> }>
