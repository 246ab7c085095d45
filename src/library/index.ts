export { LibraryAudio } from './audio.service.js';
export { libraryEntities, libraryMigrations } from './library.migration.js';
export { LibraryModule } from './library.module.js';
export { type AirableItem, LibraryService } from './library.service.js';
export { MediaTools } from './media.tools.js';
