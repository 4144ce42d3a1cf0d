/** The little of npm's oidc-provider 9 that the demo uses; the package ships no types. */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  interface Context {
    body: string;
    oidc: { session?: { accountId?: string }; client?: { clientId: string } };
  }

  interface AccessToken {
    readonly isValid: boolean;
    readonly accountId: string;
  }

  export default class Provider {
    constructor(issuer: string, configuration: object);
    callback(): (request: IncomingMessage, response: ServerResponse) => void;
    interactionDetails(
      request: IncomingMessage,
      response: ServerResponse
    ): Promise<{ uid: string }>;
    interactionFinished(
      request: IncomingMessage,
      response: ServerResponse,
      result: object
    ): Promise<void>;
    readonly AccessToken: { find(token: string): Promise<AccessToken | undefined> };
    readonly Grant: new (fields: { clientId: string; accountId: string }) => {
      addOIDCScope(scope: string): void;
      save(): Promise<string>;
    };
  }

  export type { Context };
}
