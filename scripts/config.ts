import { loadConfigOrExit, settings } from '../config.ts'
import { shown, type Setting } from '../config/setting.ts'

const config: Readonly<Record<string, unknown>> = loadConfigOrExit()
const rows = Object.entries(settings).map(([name, setting]: [string, Setting<unknown>]) => {
  const value = shown(setting, config[name.toLowerCase()])
  const usual = shown(setting, setting.default)
  return [name, value || '(empty)', value === usual ? '' : usual || '(empty)', setting.unit, setting.why]
})
const table = [['setting', 'value', 'default', 'unit', 'why'], ...rows]
const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)))
for (const row of table)
  console.log(
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
