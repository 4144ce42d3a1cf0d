/** Every operation belongs to the facility that it was started with; null where an older version wrote it. */
export const facility = `ALTER TABLE operations ADD COLUMN facility TEXT;`;
