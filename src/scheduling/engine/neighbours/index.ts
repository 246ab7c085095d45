export { delayMs, distanceM, type Place } from './earshot.js';
export {
  type ForeignLoudspeaker,
  NEIGHBOUR_CODES,
  NEIGHBOUR_SETTINGS,
  type NeighbourAnswer,
  type NeighbourCluster,
  type NeighbourCode,
  type NeighbourQuestion,
  type NeighbourSettings,
  type NeighbourWarning,
  type SoundingPlay,
  type Stagger,
} from './model.js';
export { neighbours } from './neighbours.js';
