import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isGgenError } from '#core'
import type { Platform } from './environment.ts'
import { findPlaces } from './places.ts'

const LINUX: Platform = { os: 'linux', userFolder: '/home/ada', tempFolder: '/tmp', workingFolder: '/srv/project', userId: 1000 }
const MAC: Platform = { os: 'darwin', userFolder: '/Users/ada', tempFolder: '/var/tmp', workingFolder: '/', userId: 501 }
const WINDOWS: Platform = { os: 'win32', userFolder: 'C:\\Users\\ada', tempFolder: 'C:\\Temp', workingFolder: 'C:\\work' }

describe('findPlaces', () => {
  it('chooses the home folder of each platform', () => {
    assert.equal(findPlaces({}, LINUX, false).home, '/home/ada/.local/share/ggen')
    assert.equal(findPlaces({ XDG_DATA_HOME: '/data' }, LINUX, false).home, '/data/ggen')
    assert.equal(findPlaces({ XDG_DATA_HOME: 'relative' }, LINUX, false).home, '/home/ada/.local/share/ggen')
    assert.equal(findPlaces({ XDG_DATA_HOME: '/data' }, MAC, false).home, '/Users/ada/Library/Application Support/ggen')
    assert.equal(findPlaces({ LOCALAPPDATA: 'D:\\Local' }, WINDOWS, false).home, 'D:\\Local\\ggen')
    assert.equal(findPlaces({}, WINDOWS, false).home, 'C:\\Users\\ada\\AppData\\Local\\ggen')
  })

  it('honours ~/.ggen where it exists, and GGEN_HOME before everything', () => {
    assert.equal(findPlaces({ XDG_DATA_HOME: '/data' }, LINUX, true).home, '/home/ada/.ggen')
    assert.equal(findPlaces({ GGEN_HOME: '/elsewhere' }, LINUX, true).home, '/elsewhere')
    assert.equal(findPlaces({ GGEN_HOME: 'here/../there/' }, LINUX, true).home, '/srv/project/there')
    assert.equal(findPlaces({ GGEN_HOME: '..\\home' }, WINDOWS, true).home, 'C:\\home')
  })

  it('puts the socket into the home folder as long as its path fits', () => {
    assert.equal(findPlaces({ GGEN_HOME: '/h' }, LINUX, false).socketPath, '/h/ggen.sock')
    const deep = `/${'d'.repeat(89)}`
    assert.equal(findPlaces({ GGEN_HOME: deep }, LINUX, false).socketPath, `${deep}/ggen.sock`)
  })

  it('moves the socket of a deep home to a short path of its own', () => {
    const deep = `/${'d'.repeat(90)}`
    const runtimeFolder = '/run/user/1000'
    assert.match(findPlaces({ GGEN_HOME: deep, XDG_RUNTIME_DIR: runtimeFolder }, LINUX, false).socketPath, /^\/run\/user\/1000\/ggen-1000\/[0-9a-f]{16}\.sock$/)
    assert.match(findPlaces({ GGEN_HOME: deep, XDG_RUNTIME_DIR: 'relative' }, LINUX, false).socketPath, /^\/tmp\/ggen-1000\/[0-9a-f]{16}\.sock$/)
    assert.match(findPlaces({ GGEN_HOME: deep, XDG_RUNTIME_DIR: deep }, LINUX, false).socketPath, /^\/tmp\/ggen-1000\//)
    assert.notEqual(findPlaces({ GGEN_HOME: deep }, LINUX, false).socketPath, findPlaces({ GGEN_HOME: `${deep}e` }, LINUX, false).socketPath)
    assert.throws(() => findPlaces({ GGEN_HOME: deep }, { ...LINUX, tempFolder: deep }, false), (error) => isGgenError(error, 'config-invalid'))
  })

  it('keeps the socket of the agent beside that of the node', () => {
    assert.equal(findPlaces({ GGEN_HOME: '/h' }, LINUX, false).agentSocketPath, '/h/agent.sock')
    const deep = `/${'d'.repeat(90)}`
    assert.match(findPlaces({ GGEN_HOME: deep }, LINUX, false).agentSocketPath, /^\/tmp\/ggen-1000\/[0-9a-f]{16}-agent\.sock$/)
  })

  it('uses a named pipe on Windows', () => {
    assert.match(findPlaces({}, WINDOWS, false).socketPath, /^\\\\\.\\pipe\\ggen-[0-9a-f]{16}$/)
    assert.match(findPlaces({}, WINDOWS, false).agentSocketPath, /^\\\\\.\\pipe\\ggen-[0-9a-f]{16}-agent$/)
  })

  it('always finds an absolute home and a socket path that fits', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), fc.boolean(), (home, dotGgen) => {
      try {
        const places = findPlaces({ GGEN_HOME: home }, LINUX, dotGgen)
        assert.ok(places.home.startsWith('/') && [places.socketPath, places.agentSocketPath].every((path) => Buffer.byteLength(path) <= 100))
      } catch (error) {
        assert.ok(isGgenError(error, 'config-invalid') && home.includes('\0'), String(error))
      }
    }))
  })
})
