// ContextFS: notes that conversations went on, and hands them what is known. `ctx uninstall opencode` takes it out.
import { spawn, spawnSync } from "node:child_process"

const COMMANDS = {} // by event
const PATIENCE = 5000
const RINGS = { "session.created": "SessionStart", "session.idle": "Stop", "session.compacted": "PreCompact" }

function told(answer) {
  try {
    return JSON.parse(answer).hookSpecificOutput.additionalContext ?? ""
  } catch {
    return ""
  }
}

/** Ring, and give what the conversation is handed. Whatever goes wrong, it is handed nothing and goes on. */
function ring(event, said) {
  return new Promise((resolve) => {
    let answer = ""
    const end = () => resolve(told(answer))
    setTimeout(end, PATIENCE).unref()
    try {
      const hook = spawn(COMMANDS[event], { shell: true, stdio: ["pipe", "pipe", "ignore"] })
      hook.on("error", end).on("close", end)
      hook.stdin.on("error", end).end(JSON.stringify({ ...said, hook_event_name: event }))
      hook.stdout.on("data", (part) => (answer += part))
    } catch {
      end()
    }
  })
}

export const ContextFS = async ({ directory }) => {
  const begun = new Map()
  const subagents = new Set()
  const around = (session) => ({ session_id: session, cwd: directory })
  /** Ring once, whatever went on: one reading of OpenCode's database tells of every session. */
  const over = () => {
    const session = [...begun.keys()].at(-1)
    begun.clear()
    if (!session) return
    const input = JSON.stringify({ ...around(session), hook_event_name: "SessionEnd" })
    spawnSync(COMMANDS.SessionEnd, { shell: true, input, stdio: ["pipe", "ignore", "ignore"], timeout: PATIENCE })
  }
  /** Begin a session. One that this process did not create is resumed, and has what it was handed before. */
  const beginning = (session, source = { source: "resume" }) => {
    if (!begun.has(session)) begun.set(session, ring("SessionStart", { ...around(session), ...source }))
    return begun.get(session)
  }
  const forgotten = (session) => {
    begun.delete(session)
    subagents.delete(session)
  }
  process.on("exit", over)
  return {
    event: async ({ event }) => {
      const { info, sessionID } = event.properties ?? {}
      const session = sessionID ?? info?.id
      const rings = RINGS[event.type]
      if (event.type === "session.deleted") return forgotten(session)
      if (info?.parentID) subagents.add(info.id)
      if (event.type === "server.instance.disposed") {
        over()
        process.off("exit", over)
      } else if (!rings || !session || subagents.has(session)) return
      else if (rings === "SessionStart") beginning(session, {})
      else ring(rings, around(session))
    },
    "chat.message": async ({ sessionID }, { message, parts }) => {
      if (subagents.has(sessionID)) return
      const typed = parts.filter((part) => part.type === "text" && !part.synthetic).map((part) => part.text)
      const first = await beginning(sessionID)
      begun.set(sessionID, "")
      const prompted = await ring("UserPromptSubmit", { ...around(sessionID), prompt: typed.join("\n") })
      const text = [first, prompted].filter(Boolean).join("\n\n")
      const last = parts.at(-1)
      if (!text || !last) return
      parts.push({ id: `${last.id}ctx`, sessionID, messageID: message.id, type: "text", text, synthetic: true })
    },
  }
}
