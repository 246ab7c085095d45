/** The service's HTTP API as any client uses it. Refusals become errors that carry the problem's code and title. */
export class ApiClient {
  #token: string | null = null;

  constructor(readonly url: string) {}

  async logIn(login: string, password: string): Promise<this> {
    const answer = await this.post<{ token: string }>('/api/login', { login, password });
    this.#token = answer.token;
    return this;
  }

  get<T>(path: string): Promise<T> {
    return this.#json<T>('GET', path);
  }

  post<T>(path: string, body: unknown = {}): Promise<T> {
    return this.#json<T>('POST', path, body);
  }

  put<T>(path: string, body: unknown): Promise<T> {
    return this.#json<T>('PUT', path, body);
  }

  async postForBytes(path: string, body: unknown): Promise<Buffer> {
    return Buffer.from(await (await this.#request('POST', path, body)).arrayBuffer());
  }

  async bytes(path: string): Promise<Buffer> {
    return Buffer.from(await (await this.#request('GET', path)).arrayBuffer());
  }

  async text(path: string): Promise<string> {
    return (await this.#request('GET', path)).text();
  }

  /** A file as it is. */
  async upload<T>(path: string, bytes: Uint8Array, type: string): Promise<T> {
    return (await (await this.#send('POST', path, bytes, type)).json()) as T;
  }

  async #json<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await this.#request(method, path, body);
    return (response.status === 204 ? undefined : await response.json()) as T;
  }

  #request(method: string, path: string, body?: unknown): Promise<Response> {
    return this.#send(method, path, body === undefined ? undefined : JSON.stringify(body), 'application/json');
  }

  async #send(method: string, path: string, body: string | Uint8Array | undefined, type: string): Promise<Response> {
    const headers: Record<string, string> = { 'accept-language': 'vi' };
    if (this.#token) headers.authorization = `Bearer ${this.#token}`;
    if (body !== undefined) headers['content-type'] = type;
    const response = await fetch(this.url + path, { method, headers, ...(body === undefined ? {} : { body }) });
    if (response.ok) return response;
    throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  }
}
