export { type ByteStream, ContentStore, type StoredContent } from './content.store.js';
