import * as z from 'zod';
import { Problem } from './problem.ts';

/** A device grant that waits for the person (RFC 8628). No device code and no verifier in here. */
export const PendingSignin = z.object({
  provider: z.string(),
  userCode: z.string(),
  verificationUri: z.string(),
  verificationUriComplete: z.string().nullable(),
  /** QR code of the complete address, drawn by us as an SVG document. */
  qrSvg: z.string(),
  expiresAt: z.string()
});
export type PendingSignin = z.infer<typeof PendingSignin>;

/** `GET /v1/signin`, and the `signin` event. */
export const SigninState = z.object({
  state: z.enum(['signed-out', 'pending', 'signed-in', 'needs-you']),
  pending: PendingSignin.nullable(),
  account: z
    .object({
      provider: z.string(),
      providerTitle: z.string(),
      name: z.string(),
      /** When the access token ends, and whether it is renewed without the person. */
      expiresAt: z.string(),
      renews: z.boolean(),
      /** Scopes that were asked for and not granted; absent when everything was. */
      missingScopes: z.array(z.string()).optional()
    })
    .nullable(),
  /** Why the last attempt ended, or why the person is asked again. */
  problem: Problem.nullable()
});
export type SigninState = z.infer<typeof SigninState>;

/** `POST /v1/signin`. */
export const StartSignin = z.strictObject({ provider: z.string().min(1).max(100) });
