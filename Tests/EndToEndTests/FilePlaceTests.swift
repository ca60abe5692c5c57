import Foundation
import TestSupport
import Testing

@Suite("Where files can't be read or written is said before the work")
struct FilePlaceTests {
  @Test("folders, missing folders, full disks and unreadable files have words of ours")
  func errors() async throws {
    let desk = try await Desk()
    let folder = desk.folder.path
    // The work would fail, because the network is none.
    let compile = ["compile", desk.verifyingKey, "--output"]
    try await desk.expectRefusal(compile + [folder], saying: ["--output \(folder): is a folder"])
    try await desk.expectRefusal(compile + ["."], saying: ["--output .: is a folder"])
    try await desk.expectRefusal(
      compile + [folder + "/no/c"], saying: ["no/c: can't be written: there is no folder"])
    try await desk.expectRefusal(
      compile + [desk.input + "/c"], saying: ["can't be written: there is no folder"])
    try await desk.expectRefusal(compile + [""], saying: ["empty"])
    try await desk.expectRefusal(
      ["setup", desk.model, "--proving-key", "/dev/null", "--verifying-key", folder + "/new"],
      saying: ["/dev/null", "counted"])
    for path in [folder, ".", folder + "/nothing"] {
      let outcome = try await Program.assay.run(["inspect", path])
      #expect(outcome.status == 2)
      #expect(outcome.error.contains(path == folder + "/nothing" ? "no such file" : "is a folder"))
      #expect(!outcome.error.contains("Error"), "\(outcome.error)")
    }
    let full = try await desk.prove(to: "/dev/full")
    #expect(full.status == 2)
    #expect(full.error.contains("/dev/full: can't be written: the disk is full"), "\(full.error)")
  }

  @Test("what is no regular file is written into, and symbolic links are followed")
  func devices() async throws {
    let desk = try await Desk()
    let folder = desk.folder
    #expect(try await desk.prove(to: "/dev/null").status == 0)
    var status = stat()
    #expect(stat("/dev/null", &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
    // A pipe that has a name, and a reader.
    let pipe = folder.file("pipe")
    #expect(mkfifo(pipe, 0o600) == 0)
    let plain = try await Workbench.tabular.value
    let piped = try await Program.assay.run(
      plain.provingPlainly(plain.input, to: pipe), after: "(cat \(pipe) > \(folder.file("read")) &)"
    )
    #expect(piped.status == 0, "\(piped.error)")
    #expect(stat(pipe, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO)
    while try Fixture.bytes(folder.file("read")) != Fixture.bytes(plain.plainProof) {
      try await Task.sleep(for: .milliseconds(5))
    }
    // Links to what is there, and to what is not there yet.
    let manager = FileManager.default
    try manager.createDirectory(atPath: folder.file("sub"), withIntermediateDirectories: false)
    for _ in 0..<2 {
      try? manager.createSymbolicLink(atPath: folder.file("link"), withDestinationPath: "sub/p")
      let outcome = try await Program.assay.run(
        plain.provingPlainly(plain.input, to: folder.file("link")))
      #expect(outcome.status == 0, "\(outcome.error)")
      #expect(try manager.destinationOfSymbolicLink(atPath: folder.file("link")) == "sub/p")
      #expect(try Fixture.bytes(folder.file("sub/p")) == Fixture.bytes(plain.plainProof))
    }
  }

  @Test("- is standard input and output, and proofs and keys come from pipes")
  func pipes() async throws {
    let desk = try await Desk()
    let bench = desk.bench
    let folder = desk.folder
    let (assay, verify) = (Program.assay.path, Program.verify.path)
    let script = """
      set -e
      cat \(bench.network) | \(assay) compile - --calibration \(bench.calibration) --output - \
        2> report | \(assay) setup - --proving-key pk3 --verifying-key - 2>> report > vk3
      cat \(bench.input) | \(assay) prove --proving-key pk3 --input - --proof - 2>> report > p3
      cat p3 | \(verify) --verifying-key vk3 --proof /dev/stdin > verdict
      cat vk3 | \(assay) inspect - --json > inspected
      \(assay) export-key --proving-key pk3 --verifying-key /dev/stdout 2>> report | cmp - vk3
      """
    _ = try folder.write(script, "script")
    // A shell that reads its script, in place of a program.
    let outcome = try await Program.assay.run(
      ["--version"], in: folder.path, after: "sh -e script || exit 9")
    #expect(outcome.status == 0, "\(outcome.error)")
    #expect(
      String(decoding: try Fixture.bytes(folder.file("verdict")), as: UTF8.self).hasPrefix("acc"))
    let report = String(decoding: try Fixture.bytes(folder.file("report")), as: UTF8.self)
    #expect(report.contains("keep it as secret") && report.contains("left under this key"))
    #expect(!folder.contents.contains("-"))
    let twice = try await Program.assay.run([
      "run", "-", "--input", "-",
    ])
    #expect(twice.status == 2 && twice.error.contains("reads already"), "\(twice.error)")
    for second in ["-", "/dev/stdin"] {
      let both = try await Program.verify.run(
        ["--verifying-key", "-", "--proof", second], after: "exec < \(folder.file("vk3"))")
      #expect(both.status == 2 && both.error.contains("reads already"), "\(both.error)")
    }
  }

  @Test(
    "a process that is told to end leaves nothing unfinished",
    arguments: [SIGINT, SIGTERM, SIGHUP])
  func signals(number: Int32) async throws {
    let desk = try await Desk()
    let folder = desk.folder
    for delay in [20, 60, 120, 200] {
      _ = try await Program.assay.end(
        [
          "setup", desk.model, "--proving-key", folder.file("new"), "--verifying-key",
          folder.file("new2"), "--force",
        ], by: number, after: .milliseconds(delay))
      #expect(folder.contents.filter { $0.hasSuffix(".tmp") } == [])
    }
    // It ends by the signal itself, unless it was told to ignore it.
    let ended = try await Program.assay.end(
      ["inspect", "-"], by: number, after: .milliseconds(300), input: true)
    #expect(ended.status == nil, "\(ended.error)")
    let ignored = try await Program.assay.end(
      ["inspect", "-"], by: number, after: .milliseconds(300), input: true, ignoring: true)
    #expect(ignored.status == 2)
  }
}
