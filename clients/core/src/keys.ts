/** What a client keeps between requests: who it is and which basket it carries. */
export interface Keys {
  accessToken?: string;
  /** One use: answered anew by every refresh. */
  refreshToken?: string;
  /** A guest's basket; whoever holds it may see and change that basket. */
  cartToken?: string;
}

/** Where keys are kept. A page may keep them in a cookie or in localStorage, a test in memory. */
export interface Keyring {
  read(): Keys;
  write(keys: Keys): void;
}

export class InMemory implements Keyring {
  #keys: Keys;

  constructor(keys: Keys = {}) {
    this.#keys = keys;
  }

  read(): Keys {
    return this.#keys;
  }

  write(keys: Keys): void {
    this.#keys = keys;
  }
}
