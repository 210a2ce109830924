import type { Look } from './look.ts'
import { acorn } from './shape/acorn.ts'
import { button } from './shape/button.ts'
import { casket } from './shape/casket.ts'
import { clip } from './shape/clip.ts'
import { cloth } from './shape/cloth.ts'
import { cog } from './shape/cog.ts'
import { coil } from './shape/coil.ts'
import { coin } from './shape/coin.ts'
import { crown } from './shape/crown.ts'
import { crystal } from './shape/crystal.ts'
import { cup } from './shape/cup.ts'
import { dial } from './shape/dial.ts'
import { die } from './shape/die.ts'
import { egg } from './shape/egg.ts'
import { figure } from './shape/figure.ts'
import { flask } from './shape/flask.ts'
import { gem } from './shape/gem.ts'
import { heart } from './shape/heart.ts'
import { key } from './shape/key.ts'
import { kite } from './shape/kite.ts'
import { lantern } from './shape/lantern.ts'
import { mask } from './shape/mask.ts'
import { orb } from './shape/orb.ts'
import { packet } from './shape/packet.ts'
import { pot } from './shape/pot.ts'
import { quill } from './shape/quill.ts'
import { relic } from './shape/relic.ts'
import { rover } from './shape/rover.ts'
import { shield } from './shape/shield.ts'
import { spyglass } from './shape/spyglass.ts'
import { throne } from './shape/throne.ts'
import { tooth } from './shape/tooth.ts'
import { tree } from './shape/tree.ts'
import { trowel } from './shape/trowel.ts'
import { whistle } from './shape/whistle.ts'

/** Paints one kind of thing on a field of 100 × 100. */
export type Shape = (look: Look) => string

/** What an item looks like whose name says nothing: things that could be anything. */
export const shapes: readonly Shape[] = [gem, orb, crystal, coin, relic, shield, casket, key]

const asked: readonly (readonly [Shape, string])[] = [
  [acorn, 'acorn bulb seed nut pinecone'],
  [button, 'button'],
  [casket, 'box chest casket case crate'],
  [clip, 'paperclip clip pin wire'],
  [cloth, 'ribbon scarf cloak silk flag banner cape robe'],
  [cog, 'cog gear engine hand wheel machine automaton'],
  [coil, 'twine rope coil spring thread string'],
  [coin, 'coin penny token medal doubloon chip'],
  [crown, 'crown tiara diadem'],
  [crystal, 'shard crystal prism fragment glass quartz ice geode'],
  [cup, 'pot goblet chalice cup thimble mug grail bowl'],
  [dial, 'compass watch clock dial sundial plate pendulum'],
  [die, 'dice die'],
  [egg, 'egg'],
  [figure, 'soldier gnome owl mouse idol statue set pawn lynx'],
  [flask, 'bottle flask vial ink inkwell potion elixir oil perfume'],
  [gem, 'gem ruby emerald sapphire diamond topaz opal jewel stone'],
  [heart, 'heart'],
  [key, 'key'],
  [kite, 'kite fan sail'],
  [lantern, 'lantern lamp candle torch'],
  [mask, 'mask'],
  [orb, 'marble pearl orb globe moon pebble planet universe orrery sphere ball'],
  [packet, 'packet tin bundle patch incense tea card'],
  [pot, 'can teapot kettle jug'],
  [quill, 'quill feather'],
  [relic, 'charm amulet locket brooch signet pendant ring talisman'],
  [rover, 'rover sledge model cart ship'],
  [shield, 'badge shield crest armor'],
  [spyglass, 'spyglass sextant lens telescope scope'],
  [throne, 'throne chair'],
  [tooth, 'tooth fang horn tusk claw'],
  [tree, 'topiary tree bonsai'],
  [trowel, 'trowel spade shovel'],
  [whistle, 'whistle flute'],
]

/** Which shape a word in a name asks for. */
export const words: ReadonlyMap<string, Shape> = new Map(
  asked.flatMap(([shape, list]) => list.split(' ').map((word) => [word, shape] as const)),
)
