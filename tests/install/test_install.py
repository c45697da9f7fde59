"""The library as a user gets it: installed, moved elsewhere, and found by CMake and pkg-config, or taken as sources.

The build under test, the compiler and the flags that its sanitizers need come from the environment (CMakeLists.txt).
"""

import os
import pathlib
import shutil
import subprocess
import unittest

SOURCE = pathlib.Path(os.environ["MUX_SOURCE"])
BUILD = pathlib.Path(os.environ["MUX_BUILD"])
VERSION = os.environ["MUX_VERSION"]
WORK = pathlib.Path(os.environ["WORK"])
CMAKE = os.environ["CMAKE"]
CXX = os.environ["CXX"]
FLAGS = os.environ["CONSUMER_FLAGS"].split()
CONSUMER = pathlib.Path(__file__).resolve().parent / "consumer"
PREFIX = WORK / "prefix"
# Nothing of the caller's leaks in: no package path, no variable that the client reads.
ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.startswith(("MUX_", "CMAKE_PREFIX_PATH", "PKG_CONFIG"))}

REFUSED_CALL = ["connect_failed", '{"passthrough":"consumer"}', VERSION]


def run(*command, **variables) -> subprocess.CompletedProcess:
    return subprocess.run([str(c) for c in command], env={**ENVIRONMENT, **variables}, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def must(*command, **variables) -> str:
    ran = run(*command, **variables)
    if ran.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, command))}\nended with {ran.returncode}:\n{ran.stdout}")
    return ran.stdout


def fresh(name: str) -> pathlib.Path:
    folder = WORK / name
    shutil.rmtree(folder, ignore_errors=True)
    return folder


def install(prefix: pathlib.Path, *components: str) -> pathlib.Path:
    for component in components or [None]:
        must(CMAKE, "--install", BUILD, "--prefix", prefix, *(["--component", component] if component else []))
    return prefix


def configure(folder: pathlib.Path, prefix: pathlib.Path, *settings: str) -> subprocess.CompletedProcess:
    return run(CMAKE, "-S", CONSUMER, "-B", folder, "-G", os.environ["GENERATOR"], f"-DCMAKE_CXX_COMPILER={CXX}",
               f"-DCMAKE_CXX_FLAGS={' '.join(FLAGS)}", f"-DCMAKE_PREFIX_PATH={prefix}", *settings)


def built_by_cmake(folder: pathlib.Path, program: str, *settings: str) -> list:
    configured = configure(folder, PREFIX, f"-DPROGRAMS={program}", *settings)
    if configured.returncode != 0:
        raise AssertionError(configured.stdout)
    must(CMAKE, "--build", folder, "--target", program)
    return must(folder / program).splitlines()


def headers_below(folder: pathlib.Path) -> set:
    return {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}


class prefix(unittest.TestCase):
    """Everything, installed in one place and moved to another."""

    @classmethod
    def setUpClass(cls):
        made = install(fresh("prefix_before_the_move"))
        fresh("prefix")
        made.rename(PREFIX)

    def test_holds_every_public_header_and_no_other(self):
        self.assertEqual(headers_below(PREFIX / "include"), headers_below(SOURCE / "include"))

    def test_names_no_folder_of_this_machine(self):
        texts = [p for p in PREFIX.rglob("*") if p.suffix in (".cmake", ".pc")]
        self.assertGreaterEqual(len(texts), 8)
        for path in texts:
            text = path.read_text(encoding="utf-8")
            for folder in (SOURCE, BUILD, WORK):
                self.assertNotIn(str(folder), text, path)

    def test_exports_none_of_our_own_flags(self):
        for path in PREFIX.rglob("*.cmake"):
            text = path.read_text(encoding="utf-8")
            for flag in ("-Wall", "-Werror", "-fsanitize", "mux_flags", "NO_DEPRECATED"):
                self.assertNotIn(flag, text, path)

    def test_programs_run(self):
        self.assertIn(f"muxctl {VERSION}", must(PREFIX / "bin" / "muxctl", "version"))
        self.assertIn(f"mux-emulator {VERSION}", must(PREFIX / "bin" / "mux-emulator", "--version"))

    def test_holds_nothing_else(self):
        others = {str(p.relative_to(PREFIX)) for p in PREFIX.rglob("*") if p.is_file() and p.suffix not in (".hpp", ".cmake")}
        self.assertEqual(others, {
            "bin/mux-emulator", "bin/muxctl",
            "lib/libmux.a", "lib/libmux_asio.a", "lib/libmux_emulator.a", "lib/libmux_ingest.a",
            "lib/pkgconfig/mux.pc", "lib/pkgconfig/mux-emulator.pc", "lib/pkgconfig/mux-ingest.pc",
            "share/doc/mux/LICENSE",
            "share/man/man1/muxctl.1", "share/bash-completion/completions/muxctl", "share/zsh/site-functions/_muxctl",
            "share/fish/vendor_completions.d/muxctl.fish"})

    def test_manual_and_completions_are_those_of_the_program(self):
        for path, arguments in (("man/man1/muxctl.1", ["man"]),
                                ("bash-completion/completions/muxctl", ["completion", "bash"]),
                                ("zsh/site-functions/_muxctl", ["completion", "zsh"]),
                                ("fish/vendor_completions.d/muxctl.fish", ["completion", "fish"])):
            text = (PREFIX / "share" / path).read_text(encoding="utf-8")
            self.assertEqual(text, must(PREFIX / "bin" / "muxctl", *arguments))
            self.assertGreater(len(text), 1000)


class library_alone(unittest.TestCase):
    """The component `mux` without the others."""

    @classmethod
    def setUpClass(cls):
        cls.alone = install(fresh("alone"), "mux")

    def test_has_neither_programs_nor_other_libraries(self):
        self.assertFalse((self.alone / "bin").exists())
        self.assertEqual({p.name for p in self.alone.rglob("*.a")}, {"libmux.a", "libmux_asio.a"})
        self.assertEqual(headers_below(self.alone / "include"),
                         {h for h in headers_below(SOURCE / "include") if not h.startswith(("mux/ingest/", "mux/emulator/"))})

    def test_its_headers_need_no_others(self):
        unit = self.alone / "all.cpp"
        unit.write_text("".join(f"#include <{h}>\n" for h in sorted(headers_below(self.alone / "include"))), encoding="utf-8")
        must(CXX, "-std=c++20", "-fsyntax-only", f"-I{self.alone / 'include'}", "-DBOOST_ASIO_SEPARATE_COMPILATION", unit)

    def test_is_found_and_a_missing_component_is_named(self):
        found = configure(fresh("alone_found"), self.alone)
        self.assertEqual(found.returncode, 0, found.stdout)
        refused = configure(fresh("alone_refused"), self.alone, "-DWANTED_COMPONENTS=ingest")
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("The component ingest of mux is not installed", refused.stdout)


class find_package(unittest.TestCase):
    def test_a_program_builds_and_runs(self):
        self.assertEqual(built_by_cmake(fresh("found"), "plain", f"-DWANTED_VERSION={VERSION}"), REFUSED_CALL)

    def test_components_build_and_run(self):
        self.assertEqual(built_by_cmake(fresh("found_components"), "with_components", "-DWANTED_COMPONENTS=ingest;emulator"),
                         ["created first", "created second", "ledger: 2"])

    def test_another_minor_version_is_refused(self):
        major, minor, _ = map(int, VERSION.split("."))
        for wanted in (f"{major}.{minor - 1}", f"{major}.{minor + 1}", f"{major + 1}.0"):
            refused = configure(fresh("found_version"), PREFIX, f"-DWANTED_VERSION={wanted}")
            self.assertNotEqual(refused.returncode, 0, wanted)
            self.assertIn("compatible with requested version", " ".join(refused.stdout.split()))


class pkg_config(unittest.TestCase):
    def flags(self, *arguments: str) -> list:
        found = must("pkg-config", *arguments, PKG_CONFIG_PATH=str(PREFIX / "lib" / "pkgconfig"))
        return found.split()

    def built_by_compiler(self, program: str, *arguments: str) -> list:
        folder = fresh(f"pkg_config_{program}")
        folder.mkdir()
        must(CXX, "-std=c++20", *FLAGS, CONSUMER / f"{program}.cpp", "-o", folder / program, *self.flags("--cflags", "--libs", *arguments))
        return must(folder / program).splitlines()

    def test_a_program_builds_and_runs(self):
        self.assertEqual(self.built_by_compiler("plain", "mux"), REFUSED_CALL)

    def test_asked_for_static_libraries_too(self):
        self.assertEqual(self.built_by_compiler("with_components", "--static", "mux-ingest", "mux-emulator"),
                         ["created first", "created second", "ledger: 2"])

    def test_says_the_version(self):
        self.assertEqual(self.flags("--modversion", "mux"), [VERSION])


class beside_header_only_asio(unittest.TestCase):
    def test_both_work_in_one_program(self):
        self.assertEqual(built_by_cmake(fresh("header_only"), "beside_header_only_asio"), [*REFUSED_CALL, "handlers: 2"])


class with_own_asio(unittest.TestCase):
    def test_the_programs_bodies_of_asio_replace_ours(self):
        self.assertEqual(built_by_cmake(fresh("own_asio"), "with_own_asio"), REFUSED_CALL)


class add_subdirectory(unittest.TestCase):
    """Sources in the user's tree. Compiled once; then the bodies of Asio are left to the user."""

    def test_a_program_builds_and_runs_with_our_asio_and_with_its_own(self):
        folder = fresh("subdirectory")
        bodies = folder / "mux" / "src" / "libmux_asio.a"
        for program, external in (("plain", "OFF"), ("with_own_asio", "ON")):
            bodies.unlink(missing_ok=True)
            must(CMAKE, "-S", CONSUMER, "-B", folder, "-G", os.environ["GENERATOR"], f"-DCMAKE_CXX_COMPILER={CXX}",
                 f"-DMUX_SOURCE={SOURCE}", "-DMUX_BUILD_INGEST=OFF", "-DMUX_BUILD_EMULATOR=OFF",
                 f"-DMUX_EXTERNAL_ASIO={external}", f"-DPROGRAMS={program}")
            must(CMAKE, "--build", folder, "--target", program, "--parallel", "2")
            self.assertEqual(must(folder / program).splitlines(), REFUSED_CALL)
            self.assertEqual(bodies.exists(), external == "OFF")
        self.assertEqual(list(folder.rglob("*.pc")), [], "our install rules have no place in the user's project")


if __name__ == "__main__":
    unittest.main()
