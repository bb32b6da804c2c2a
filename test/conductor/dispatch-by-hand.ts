/**
 * A person dispatches a workflow as they were told to: what was printed for `gh` is sent to the forge's API.
 *
 * @returns the id that their run shows.
 */
export async function dispatchByHand(
  told: string,
  { apiUrl, token }: { readonly apiUrl: string; readonly token: string },
): Promise<string> {
  const typed = /gh workflow run (\S+) --repo (\S+) --ref (\S+)((?: -f [\w-]+=\S+?)+), then resume/.exec(told)
  if (typed === null) throw new Error(`nobody was told what to type: ${told}`)
  const [, file, repository, ref, fields = ''] = typed
  const inputs = Object.fromEntries(
    [...fields.matchAll(/ -f ([\w-]+)=(\S+)/g)].map(([, name = '', value = '']) => [name, value]),
  )
  const answer = await fetch(`${apiUrl}/repos/${repository}/actions/workflows/${file}/dispatches`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({ ref, inputs }),
  })
  if (!answer.ok) throw new Error(`the forge answered ${answer.status}`)
  return inputs['conduct_run'] ?? ''
}
