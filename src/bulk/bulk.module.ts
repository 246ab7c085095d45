import { Module } from '@nestjs/common';
import { AccountModule } from '../accounts/index.js';
import { AreaModule } from '../areas/index.js';
import { LibraryModule } from '../library/index.js';
import { ExportController } from './exports/export.controller.js';
import { ExportJob } from './exports/export.job.js';
import { ExportService } from './exports/export.service.js';
import { ArchiveListing } from './imports/archive.listing.js';
import { FileReading } from './imports/file.reading.js';
import { ImportController } from './imports/import.controller.js';
import { ImportJob } from './imports/import.job.js';
import { ImportLedger } from './imports/import.ledger.js';
import { ImportService } from './imports/import.service.js';
import { LibraryListing } from './imports/library.listing.js';
import { LibraryRestoring } from './imports/library.restoring.js';
import { UploadIntake } from './imports/upload.intake.js';

@Module({
  imports: [AreaModule, AccountModule, LibraryModule],
  controllers: [ImportController, ExportController],
  providers: [
    ArchiveListing,
    ExportJob,
    ExportService,
    FileReading,
    ImportJob,
    ImportLedger,
    ImportService,
    LibraryListing,
    LibraryRestoring,
    UploadIntake,
  ],
  exports: [ExportJob, ExportService, ImportJob],
})
export class BulkModule {}
