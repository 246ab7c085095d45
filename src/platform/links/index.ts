export { AddressLimit } from './address-limit.js';
export { qrSvg } from './qr.js';
export { isOpen, termEnd } from './term.js';
export { hashOfToken, newToken } from './token.js';
export { Unlisted } from './unlisted.interceptor.js';
