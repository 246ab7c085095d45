export { type ByteStream, ContentStore, type StoredContent } from './content.store.js';
export { BrokenBody, limitedBody } from './limited-body.js';
