export { type ByteStream, ContentStore, type StoredContent } from './content.store.js';
export { copyHashed, syncFolder } from './durable.js';
export { BrokenBody, limitedBody } from './limited-body.js';
