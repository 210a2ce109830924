export type Point = readonly [x: number, y: number]

const round = (value: number) => Math.round(value * 10) / 10

export function polygon(points: readonly Point[], fill: string, more = ''): string {
  return `<polygon points="${points.map(([x, y]) => `${round(x)},${round(y)}`).join(' ')}" fill="${fill}" ${more}/>`
}

/** A polygon whose corners stand as text: `50,12 86,32 …`. */
export function facet(points: string, fill: string, more = ''): string {
  return `<polygon points="${points}" fill="${fill}" ${more}/>`
}

export function path(d: string, fill: string, more = ''): string {
  return `<path d="${d}" fill="${fill}" ${more}/>`
}

export function circle([x, y]: Point, r: number, fill: string, more = ''): string {
  return `<circle cx="${round(x)}" cy="${round(y)}" r="${round(r)}" fill="${fill}" ${more}/>`
}

/** `count` points around `center`, the first one straight up, turned by `turn` radians. */
export function around(center: Point, radius: number, count: number, turn = 0): Point[] {
  return Array.from({ length: count }, (_, i) => {
    const angle = turn - Math.PI / 2 + (i / count) * Math.PI * 2
    return [center[0] + Math.cos(angle) * radius, center[1] + Math.sin(angle) * radius] as const
  })
}

export function linear(id: string, stops: readonly string[], vertical = true): string {
  const steps = stops.map(
    (color, i) => `<stop offset="${round((i / (stops.length - 1)) * 100)}%" stop-color="${color}"/>`,
  )
  return `<linearGradient id="${id}" x1="0" y1="0" x2="${vertical ? 0 : 1}" y2="${vertical ? 1 : 0}">${steps.join('')}</linearGradient>`
}

export function radial(id: string, stops: readonly string[], center = 'cx="38%" cy="32%" r="75%"'): string {
  const steps = stops.map(
    (color, i) => `<stop offset="${round((i / (stops.length - 1)) * 100)}%" stop-color="${color}"/>`,
  )
  return `<radialGradient id="${id}" ${center}>${steps.join('')}</radialGradient>`
}

/** A whole picture as an address an `img` can show: painted once by the browser, however often it is used. */
export function toAddress(width: number, height: number, body: string): string {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}">${body}</svg>`
  return `data:image/svg+xml,${encodeURIComponent(svg)}`
}
