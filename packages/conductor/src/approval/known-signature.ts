/**
 * A signature by a key that nobody has any more: a usable ssh-keygen finds it good, and refuses it for another text or
 * another purpose.
 */
export const knownSignature = {
  text: 'conduct checks ssh-keygen\n',
  key: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINVliVQ670sskb1rWm3S/dBJRE9esfzOZ5RLn6PqAV1m',
  signature: `-----BEGIN SSH SIGNATURE-----
U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAg1WWJVDrvSyyRvWtabdL90ElET1
6x/M5nlEufo+oBXWYAAAAQY29uZHVjdC1hcHByb3ZhbAAAAAAAAAAGc2hhNTEyAAAAUwAA
AAtzc2gtZWQyNTUxOQAAAECfWLjJ6n/8Nnuw6l74GRyXuJwerqEsIfOWMVvA4bHjog+Cju
DCEeLzGzyU870QQcTIYuLnLWJ5Va2bUkEGz1sI
-----END SSH SIGNATURE-----
`,
} as const
