/** Stands for files from this device where else the id of a known model stands: no id begins with a dot. */
export const LOCAL = '.local';
