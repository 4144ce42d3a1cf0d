import * as z from 'zod';

/** A profile as the chooser lists it. */
const ProfileSummary = z.object({
  id: z.string(),
  title: z.string(),
  demo: z.boolean(),
  /** Nothing of it needs a sign-in: no sign-in service is named. */
  isOpen: z.boolean(),
  /** Set when the file cannot be used: the exact mistake. */
  mistake: z.string().nullable()
});

/** `GET /v1/facility`: what the active profile offers. `active` is null until one is chosen. */
export const Facility = z.object({
  profiles: z.array(ProfileSummary),
  /** The person's home folder (absolute), to write paths as `~/…` and to find them in the file browser. */
  home: z.string(),
  active: z
    .object({
      id: z.string(),
      title: z.string(),
      demo: z.boolean(),
      help: z.string().nullable(),
      /** Parts that are offered; what is left out is not shown. */
      domains: z.array(z.enum(['datasets', 'images', 'jobs'])),
      providers: z.array(z.object({ id: z.string(), title: z.string() })),
      catalogues: z.array(z.object({ id: z.string(), title: z.string() })),
      repositories: z.array(z.object({ fqrn: z.string(), title: z.string() })),
      clusters: z.array(
        z.object({
          id: z.string(),
          title: z.string(),
          /** Capabilities are data: the panel reads these and never switches on a kind. */
          features: z.object({
            batch: z.boolean(),
            partitions: z.boolean(),
            accelerators: z.boolean(),
            survivesSession: z.boolean(),
            images: z.boolean()
          })
        })
      ),
      /** Where a pull goes when nobody says otherwise (absolute path). */
      defaultTarget: z.string(),
      /** Capabilities are data: what is false here is not offered. */
      features: z.object({ pulls: z.boolean() })
    })
    .nullable()
});
export type Facility = z.infer<typeof Facility>;

/** `PUT /v1/facility`: a listed profile by id, or (from the command line only) a file. */
export const ChooseFacility = z.union([
  z.strictObject({ id: z.string().min(1).max(100) }),
  z.strictObject({ file: z.string().min(1).max(4096) })
]);

/**
 * `GET /v1/facility/addresses`: where the active profile's services are, for a person who wants to ask them with
 * another program. Nothing in here is secret.
 */
export const FacilityAddresses = z.object({
  providers: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      issuer: z.string(),
      clientId: z.string(),
      /** The client has a secret, which the administrator keeps. */
      hasSecret: z.boolean(),
      scopes: z.array(z.string()),
      /** Absolute path of the certificate authority, where the service has its own. */
      caFile: z.string().nullable()
    })
  ),
  catalogues: z.array(z.object({ id: z.string(), title: z.string(), api: z.string() }))
});
export type FacilityAddresses = z.infer<typeof FacilityAddresses>;
