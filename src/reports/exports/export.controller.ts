import { pipeline } from 'node:stream/promises';
import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { AreaService } from '../../areas/index.js';
import { LibraryService } from '../../library/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Database } from '../../platform/database/index.js';
import { type Actor, CurrentActor, Needs } from '../../platform/http/index.js';
import {
  type CoverageQuery,
  coverageQuery,
  type DayQuery,
  DayService,
  dayQuery,
  MatrixTables,
} from '../../receipts/index.js';
import { coverageTable } from './coverage-table.js';
import { dayTable } from './day-table.js';
import { TABLE_TYPES, type Table, type TableFormat, tableStream } from './table.js';

const FILE = { schema: { type: 'string', format: 'binary' } } as const;

/** Tables for spreadsheets, with what the pages show. */
@ApiTags('reports')
@ApiBearerAuth()
@Controller('api')
export class ExportController {
  constructor(
    private readonly matrices: MatrixTables,
    private readonly days: DayService,
    private readonly areas: AreaService,
    private readonly library: LibraryService,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** The matrix of a line, in the columns of an evidence pack's `coverage.csv`. */
  @Needs('coverage.read')
  @Get('plan-lines/:id/coverage.csv')
  @ApiProduces(TABLE_TYPES.csv)
  @ApiOkResponse(FILE)
  async coverageCsv(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Query({ schema: coverageQuery }) query: CoverageQuery,
    @Res() response: Response,
  ): Promise<void> {
    await this.#send(response, 'csv', await this.#coverage(actor, id, query));
  }

  /** The same as a workbook. */
  @Needs('coverage.read')
  @Get('plan-lines/:id/coverage.xlsx')
  @ApiProduces(TABLE_TYPES.xlsx)
  @ApiOkResponse(FILE)
  async coverageXlsx(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Query({ schema: coverageQuery }) query: CoverageQuery,
    @Res() response: Response,
  ): Promise<void> {
    await this.#send(response, 'xlsx', await this.#coverage(actor, id, query));
  }

  /** What the loudspeakers of an area were to play on a day, and what came of it. */
  @Needs('coverage.read')
  @Get('receipts/day.csv')
  @ApiProduces(TABLE_TYPES.csv)
  @ApiOkResponse(FILE)
  async dayCsv(
    @CurrentActor() actor: Actor,
    @Query({ schema: dayQuery }) query: DayQuery,
    @Res() response: Response,
  ): Promise<void> {
    await this.#send(response, 'csv', await this.#day(actor, query));
  }

  /** The same as a workbook. */
  @Needs('coverage.read')
  @Get('receipts/day.xlsx')
  @ApiProduces(TABLE_TYPES.xlsx)
  @ApiOkResponse(FILE)
  async dayXlsx(
    @CurrentActor() actor: Actor,
    @Query({ schema: dayQuery }) query: DayQuery,
    @Res() response: Response,
  ): Promise<void> {
    await this.#send(response, 'xlsx', await this.#day(actor, query));
  }

  async #coverage(actor: Actor, lineId: string, query: CoverageQuery): Promise<Table> {
    return coverageTable(await this.matrices.of(actor, lineId, query), this.clock.nowMs());
  }

  async #day(actor: Actor, query: DayQuery): Promise<Table> {
    const view = await this.days.ofArea(actor, query);
    const versions = view.clusters.flatMap(({ plays }) => plays);
    const [area, titles] = await this.database.read(async (reader) => [
      await this.areas.seen(reader, actor, query.areaId),
      await this.library.titlesOf(reader, versions),
    ]);
    return dayTable(view, area, titles, this.clock.nowMs());
  }

  async #send(response: Response, format: TableFormat, table: Table): Promise<void> {
    response.setHeader('content-type', TABLE_TYPES[format]);
    response.setHeader('content-disposition', `attachment; filename="${table.fileName}.${format}"`);
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('cache-control', 'private, no-store');
    try {
      await pipeline(tableStream(table, format, this.clock.nowMs()), response);
    } catch (error) {
      // A reader who goes away in the middle is no fault of ours.
      if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
    }
  }
}
