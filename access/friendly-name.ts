const adjectives = `
  Amber Arctic Autumn Azure Bold Brass Bright Brisk Calm Cedar Clever Cobalt Copper Coral Cosmic Crimson Crystal
  Daring Dusky Electric Emerald Fabled Fearless Gentle Gilded Golden Granite Hidden Hollow Indigo Iron Ivory Jade
  Jolly Keen Lucky Lunar Marble Mellow Merry Misty Nimble Noble Opal Patient Pearl Proud Quick Quiet Radiant Rapid
  Ruby Rustic Sapphire Scarlet Silent Silver Solar Steady Stormy Sunny Velvet Vivid Wandering
`

const nouns = `
  Albatross Badger Bear Beetle Bison Cheetah Comet Condor Coyote Crane Dolphin Dragonfly Eagle Elk Falcon Ferret
  Finch Firefly Fox Gazelle Gecko Hare Harrier Hedgehog Heron Ibex Jackal Jaguar Kestrel Kingfisher Kite Leopard
  Lynx Magpie Manta Marten Mongoose Moose Narwhal Ocelot Orca Osprey Otter Owl Panther Pelican Puffin Puma Raven
  Robin Salmon Seal Sparrow Stag Starling Stork Swallow Swift Tern Tiger Viper Walrus Wolf Wren
`

const wordsOf = (text: string): readonly string[] => text.trim().split(/\s+/)
const first = wordsOf(adjectives)
const second = wordsOf(nouns)

/** A name such as "Amber Falcon 42", from three random bytes or more. Not unique: it is shown, never looked up. */
export function friendlyName(random: Uint8Array): string {
  const [a = 0, b = 0, c = 0] = random
  return `${first[a % first.length]} ${second[b % second.length]} ${c % 100}`
}
