import { Injectable } from '@nestjs/common';

/** Where browsers and devices reach this service. Known once it listens. */
@Injectable()
export class PublicAddress {
  #http = '';
  #mqtt = '';

  set(addresses: { readonly http: string; readonly mqtt: string }): void {
    this.#http = addresses.http.replace(/\/+$/, '');
    this.#mqtt = addresses.mqtt;
  }

  get http(): string {
    return this.#http;
  }

  get mqtt(): string {
    return this.#mqtt;
  }
}
