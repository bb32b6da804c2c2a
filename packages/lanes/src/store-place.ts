import { describeStoreUrl } from './describe-store-url.ts'

/** Where a store lies, whoever logs in there: of two addresses in the same spelling it tells whether they meet. */
export function storePlace(url: string): string {
  return describeStoreUrl(url).replace(/^([a-z][a-z\d+.-]*:\/\/)[^@/]*@/i, '$1')
}
