import { register } from 'node:module';
import { TWISTS } from './twists.js';

// A real controller, on real sockets, with one fault: broken-player.js TWIST --claim … --data … --sound null
const [name] = process.argv.splice(2, 1);
const twist = TWISTS.find((each) => each.name === name);
if (!twist) throw new Error(`no twist is called ${name}`);
register('./twisting-hooks.js', import.meta.url, { data: twist });
await import('../../devices/player/main.js');
