import { prebuild } from './workflow-bundle.ts';

/** The last step of `npm run build`: without a codec, and with one, whose keys are no part of a bundle. */
await prebuild([undefined, { current: '', keys: new Map() }]);
