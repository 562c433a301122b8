/** Unpacks an archive with the system's tar, as a second opinion; resolves to the folder of the package. */
export declare const unpackWithTar: (archive: string, folder: string) => Promise<string>;
