import { Injectable, type OnModuleInit } from '@nestjs/common';
import { TestTones } from '../../fleet/index.js';
import { CommandDevice, CommandRow } from './command.entity.js';

/** Tells the handover of a box whether the tone that it names was played by that box. */
@Injectable()
export class PlayedTones implements OnModuleInit {
  constructor(private readonly tones: TestTones) {}

  onModuleInit(): void {
    this.tones.answerBy(async (reader, id, controllerId) => {
      const asked = await reader.existsBy(CommandRow, { id, kind: 'testTone' });
      return asked && (await reader.existsBy(CommandDevice, { commandId: id, controllerId, state: 'done' }));
    });
  }
}
