// Answers each line of {"subgraphs": [{"name", "url", "sdl"}]} with what Apollo's composer makes of it.
import { createInterface } from 'node:readline'
import { composeServices } from '@apollo/composition'
import { parse } from 'graphql'

function answer(subgraphs) {
  try {
    const services = subgraphs.map(({ name, url, sdl }) => ({ name, url: url ?? '', typeDefs: parse(sdl) }))
    const { errors, supergraphSdl, hints } = composeServices(services)
    if (errors) return { errors: errors.map((error) => ({ code: error.extensions?.code ?? null, message: error.message })) }
    return { supergraphSdl, hints: hints.map((hint) => ({ code: hint.definition.code, message: hint.message })) }
  } catch (error) {
    return { thrown: error.message }
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim()) console.log(JSON.stringify(answer(JSON.parse(line).subgraphs)))
}
