export { Area } from './area.entity.js';
export { areaEntities, areaMigrations } from './area.migration.js';
export { AreaModule } from './area.module.js';
export { AreaService } from './area.service.js';
export { commonPath } from './engine/common-path.js';
export { covers, idsUpwards, isValidIn } from './engine/tree.js';
export { LanguageProfileService } from './language-profile.service.js';

import './import.problems.js';
