//===- CacheTest.cpp - tests of the cache of compiled functions -----------===//
//
// Part of the gdr project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// With a compiler that counts its calls. The library keeps what it has found
// for as long as the process lives, so whatever is to start afresh is run in a
// child.
//
//===----------------------------------------------------------------------===//

#include "gdr-c/Cache.h"

#include "gtest/gtest.h"
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace fs = std::filesystem;

namespace {

std::string readAll(const fs::path &path) {
  std::ostringstream stream;
  stream << std::ifstream(path, std::ios::binary).rdbuf();
  return stream.str();
}

void writeAll(const fs::path &path, const std::string &text) {
  std::ofstream(path, std::ios::binary) << text;
}

class CacheTest : public testing::Test {
protected:
  void SetUp() override {
    std::string name =
        (fs::temp_directory_path() / "gdr-cache-XXXXXX").string();
    ASSERT_TRUE(mkdtemp(name.data()));
    root = name;
    directory = root / "a" / "b";
    log = root / "log";
  }
  void TearDown() override {
    // Some tests take permissions away.
    fs::permissions(root, fs::perms::owner_all, fs::perm_options::add);
    fs::remove_all(root);
  }

  /// A request's text, chip and function may differ; the stub writes to `log`.
  int32_t get(gdr_module *&module, const char *text = "module",
              const char *chip = "cpu", const char *function = "decode") {
    gdr_cache_request request = {sizeof(request), text, function, chip,
                                 log.c_str()};
    return gdr_cache_get(&request, &module);
  }

  /// Whether the function is found and is the stub's.
  bool works(const char *text = "module", const char *chip = "cpu") {
    gdr_module *module = nullptr;
    return get(module, text, chip) == GDR_OK && module->entry(nullptr) == 17 &&
           module->workspace_size(nullptr) == 18 && module->load(3) == 3 &&
           module->description == std::string("{}");
  }

  void useStub(const char *compiler = GDR_STUB_COMPILER) {
    gdr_set_compiler_library(compiler);
    gdr_set_cache_directory(directory.c_str());
  }

  pid_t start(const std::function<bool()> &body) {
    pid_t child = fork();
    if (child == 0)
      _exit(body() ? 0 : 1);
    return child;
  }

  bool isDone(pid_t child) {
    int status;
    return waitpid(child, &status, 0) == child && WIFEXITED(status) &&
           WEXITSTATUS(status) == 0;
  }

  bool runInChild(const std::function<bool()> &body) {
    return isDone(start(body));
  }

  int countCompilations() {
    std::string text = fs::exists(log) ? readAll(log) : "";
    return static_cast<int>(std::count(text.begin(), text.end(), '\n'));
  }

  std::vector<fs::path> getFiles(const std::string &extension) {
    std::vector<fs::path> files;
    for (const fs::directory_entry &entry : fs::directory_iterator(directory))
      if (entry.path().extension() == extension)
        files.push_back(entry.path());
    return files;
  }

  fs::path root, directory, log;
};

} // namespace

TEST_F(CacheTest, CompilesOnceInAProcess) {
  EXPECT_TRUE(runInChild([&] {
    useStub();
    gdr_module *first = nullptr, *second = nullptr, *other = nullptr;
    return works() && get(first) == GDR_OK && get(second) == GDR_OK &&
           first == second &&
           // Another function of the same library.
           get(other, "module", "cpu", "prefill") == GDR_OK && other != first &&
           other->entry(nullptr) == 19 &&
           fs::path(first->path) == getFiles(".so").at(0);
  }));
  EXPECT_EQ(countCompilations(), 1);
}

TEST_F(CacheTest, FindsWhatAnotherProcessCompiled) {
  EXPECT_TRUE(runInChild([&] {
    useStub();
    return works();
  }));
  // Which needs no compiler.
  EXPECT_TRUE(runInChild([&] {
    useStub("/nonexistent");
    return works();
  }));
  EXPECT_EQ(countCompilations(), 1);
  std::string description = readAll(getFiles(".json").at(0));
  EXPECT_NE(description.find("\"chip\": \"cpu\""), std::string::npos);
  EXPECT_NE(description.find("\"module\""), std::string::npos);
}

TEST_F(CacheTest, SeveralProcessesCompileOnce) {
  std::vector<pid_t> children;
  for (int i = 0; i < 6; ++i)
    children.push_back(start([&] {
      useStub();
      return works();
    }));
  for (pid_t child : children)
    EXPECT_TRUE(isDone(child));
  EXPECT_EQ(countCompilations(), 1);
}

TEST_F(CacheTest, SeveralThreadsCompileOnce) {
  EXPECT_TRUE(runInChild([&] {
    useStub();
    bool isRight[6] = {};
    std::vector<std::thread> threads;
    for (bool &each : isRight)
      threads.emplace_back([&] { each = works(); });
    for (std::thread &thread : threads)
      thread.join();
    return std::all_of(std::begin(isRight), std::end(isRight),
                       [](bool each) { return each; });
  }));
  EXPECT_EQ(countCompilations(), 1);
}

TEST_F(CacheTest, KeepsWhatDiffersApart) {
  EXPECT_TRUE(runInChild([&] {
    useStub();
    return works("one") && works("two") && works("one", "sm_90a") &&
           works("one", "sm_80");
  }));
  EXPECT_EQ(countCompilations(), 4);
  EXPECT_EQ(getFiles(".so").size(), 4u);
}

TEST_F(CacheTest, ReplacesWhatIsDamaged) {
  auto fill = [&] {
    useStub();
    return works();
  };
  ASSERT_TRUE(runInChild(fill));
  fs::path library = getFiles(".so").at(0), json = getFiles(".json").at(0);
  std::string whole = readAll(library), description = readAll(json);
  int compilations = 1;
  auto expectReplaced = [&] {
    EXPECT_TRUE(runInChild(fill));
    EXPECT_EQ(countCompilations(), ++compilations);
    EXPECT_EQ(readAll(library), whole);
    EXPECT_EQ(readAll(json), description);
  };
  fs::resize_file(library, whole.size() / 2);
  expectReplaced();
  fs::resize_file(library, 0);
  expectReplaced();
  std::string changed = whole;
  changed[changed.size() / 2] ^= 1;
  writeAll(library, changed);
  expectReplaced();
  fs::remove(library);
  expectReplaced();
  fs::remove(json);
  expectReplaced();
  writeAll(json, "{}");
  expectReplaced();
}

TEST_F(CacheTest, CompilesAgainForAnotherVersion) {
  auto fill = [&] {
    useStub();
    return works();
  };
  ASSERT_TRUE(runInChild(fill));
  fs::path json = getFiles(".json").at(0);
  std::string description = readAll(json), old = description;
  size_t place = old.find(gdr_version());
  ASSERT_NE(place, std::string::npos);
  old.replace(place, 1, "9");
  writeAll(json, old);
  ASSERT_TRUE(runInChild(fill));
  EXPECT_EQ(countCompilations(), 2);
  EXPECT_EQ(readAll(json), description);
}

TEST_F(CacheTest, RefusesACompilerOfAnotherVersion) {
  EXPECT_TRUE(runInChild([&] {
    useStub(GDR_OTHER_STUB_COMPILER);
    gdr_module *module;
    std::string message;
    if (get(module) == GDR_NO_COMPILER)
      message = gdr_last_error();
    return message.find(std::string("expected version ") + gdr_version()) !=
               std::string::npos &&
           message.find("got another") != std::string::npos;
  }));
  EXPECT_EQ(countCompilations(), 0);
}

TEST_F(CacheTest, SaysWhatToDoWithoutACompiler) {
  EXPECT_TRUE(runInChild([&] {
    useStub("/nonexistent");
    gdr_module *module;
    int32_t status = get(module, "module", "sm_90a");
    std::string message = gdr_last_error();
    EXPECT_EQ(message,
              "no compiled kernel for sm_90a in '" + directory.string() +
                  "', and no compiler to make one: /nonexistent: cannot open "
                  "shared object file: No such file or directory; compile it "
                  "ahead of time where there is one, or name one with "
                  "gdr_set_compiler_library");
    // A later one helps.
    gdr_set_compiler_library(GDR_STUB_COMPILER);
    return status == GDR_NO_COMPILER && !HasFailure() && works();
  }));
}

TEST_F(CacheTest, PassesTheCompilersSentenceOn) {
  EXPECT_TRUE(runInChild([&] {
    useStub();
    gdr_module *module;
    return get(module, "wrong") == GDR_COMPILE_ERROR &&
           gdr_last_error() == std::string("expected something, got nothing "
                                           "(line 1 of the module); here") &&
           get(module, "wrong") == GDR_COMPILE_ERROR;
  }));
  EXPECT_EQ(countCompilations(), 2);
  EXPECT_TRUE(getFiles(".so").empty());
}

TEST_F(CacheTest, PassesPtxasOn) {
  EXPECT_TRUE(runInChild([&] {
    useStub();
    gdr_set_ptxas("/some/ptxas");
    bool isFirst = works("one");
    gdr_set_ptxas(nullptr);
    gdr_set_ptxas_finder([]() -> const char * { return "/found/ptxas"; });
    return isFirst && works("two") && works("one", "sm_90a");
  }));
  EXPECT_EQ(readAll(log), "cpu /some/ptxas\ncpu none\nsm_90a /found/ptxas\n");
}

TEST_F(CacheTest, StaysWithinItsLimit) {
  ASSERT_TRUE(runInChild([&] {
    useStub();
    return works("one");
  }));
  int64_t bytes = 0;
  for (const char *extension : {".so", ".json"})
    bytes += fs::file_size(getFiles(extension).at(0));
  // Room for three; `one` is used again before the fourth comes.
  EXPECT_TRUE(runInChild([&] {
    useStub();
    gdr_set_cache_limit(3 * bytes + bytes / 2);
    return works("two") && works("three");
  }));
  EXPECT_EQ(getFiles(".so").size(), 3u);
  EXPECT_TRUE(runInChild([&] {
    useStub("/nonexistent");
    return works("one");
  }));
  writeAll(directory / "mine.so", std::string(10 * bytes, 'x'));
  fs::path stale = directory / (std::string(32, 'a') + ".so.XXXXXX.tmp");
  fs::path fresh = directory / (std::string(32, 'b') + ".so.XXXXXX.tmp");
  writeAll(stale, "x");
  writeAll(fresh, "x");
  fs::last_write_time(stale,
                      fs::file_time_type::clock::now() - std::chrono::hours(2));
  EXPECT_TRUE(runInChild([&] {
    useStub();
    gdr_set_cache_limit(3 * bytes + bytes / 2);
    // What was removed from disk still works where it is in use.
    return works("three") && works("four") && works("five") && works("three");
  }));
  EXPECT_EQ(getFiles(".so").size(), 4u); // with mine
  EXPECT_EQ(getFiles(".json").size(), 3u);
  EXPECT_TRUE(fs::exists(directory / "mine.so"));
  EXPECT_FALSE(fs::exists(stale));
  EXPECT_TRUE(fs::exists(fresh));
  // The least recently used went: `two`, then `one`.
  EXPECT_TRUE(runInChild([&] {
    useStub("/nonexistent");
    return works("three") && works("four") && works("five") && !works("one") &&
           !works("two");
  }));
  EXPECT_EQ(gdr_set_cache_limit(-1), GDR_INVALID_ARGUMENT);
}

TEST_F(CacheTest, ALimitOfNothingKeepsTheNewest) {
  EXPECT_TRUE(runInChild([&] {
    useStub();
    gdr_set_cache_limit(0);
    return works("one") && works("two");
  }));
  EXPECT_EQ(getFiles(".so").size(), 1u);
}

TEST_F(CacheTest, Clears) {
  EXPECT_TRUE(runInChild([&] {
    useStub();
    bool isFilled = works("one") && works("two");
    writeAll(directory / "mine.so", "x");
    return isFilled && gdr_cache_clear() == GDR_OK && works("one");
  }));
  EXPECT_EQ(getFiles(".so").size(), 1u);
  EXPECT_TRUE(getFiles(".json").empty());
  // There is nothing to clear.
  EXPECT_TRUE(runInChild([&] {
    gdr_set_cache_directory((root / "none").c_str());
    return gdr_cache_clear() == GDR_OK;
  }));
}

TEST_F(CacheTest, WorksInMemoryWithoutADirectory) {
  // A file is in the way.
  writeAll(root / "a", "x");
  EXPECT_TRUE(runInChild([&] {
    useStub();
    gdr_module *module;
    return works("one") && works("two") && get(module, "one") == GDR_OK &&
           module->path[0] == '\0';
  }));
  EXPECT_EQ(countCompilations(), 2);
}

TEST_F(CacheTest, ReadsADirectoryThatItCannotWrite) {
  if (geteuid() == 0)
    GTEST_SKIP() << "root writes everywhere";
  ASSERT_TRUE(runInChild([&] {
    useStub();
    return works("one");
  }));
  fs::permissions(directory, fs::perms::owner_read | fs::perms::owner_exec);
  EXPECT_TRUE(runInChild([&] {
    useStub();
    return works("one") && works("two");
  }));
  EXPECT_EQ(countCompilations(), 2);
  fs::permissions(directory, fs::perms::owner_all);
}

TEST_F(CacheTest, FindsItsDirectory) {
  auto expectDirectory = [&](const std::string &expected) {
    char buffer[4096];
    EXPECT_EQ(gdr_cache_directory(buffer, sizeof(buffer)), expected.size());
    EXPECT_EQ(buffer, expected);
  };
  EXPECT_TRUE(runInChild([&] {
    setenv("HOME", "/home/user", 1);
    unsetenv("XDG_CACHE_HOME");
    unsetenv("GDR_CACHE_DIR");
    expectDirectory("/home/user/.cache/gdr/kernels");
    setenv("XDG_CACHE_HOME", "/xdg", 1);
    expectDirectory("/xdg/gdr/kernels");
    setenv("GDR_CACHE_DIR", "/mine", 1);
    expectDirectory("/mine");
    gdr_set_cache_directory("/given");
    expectDirectory("/given");
    gdr_set_cache_directory(nullptr);
    expectDirectory("/mine");
    for (const char *name : {"GDR_CACHE_DIR", "XDG_CACHE_HOME", "HOME"})
      unsetenv(name);
    expectDirectory("");
    char two[2] = "x";
    gdr_set_cache_directory("/given");
    EXPECT_EQ(gdr_cache_directory(two, sizeof(two)), 6u);
    EXPECT_STREQ(two, "/");
    EXPECT_EQ(gdr_cache_directory(nullptr, 0), 6u);
    return !HasFailure();
  }));
}

TEST_F(CacheTest, RefusesWhatIsMissing) {
  gdr_module *module;
  EXPECT_EQ(gdr_cache_get(nullptr, &module), GDR_INVALID_ARGUMENT);
  gdr_cache_request request = {sizeof(request), "text", "f", "cpu", nullptr};
  EXPECT_EQ(gdr_cache_get(&request, nullptr), GDR_INVALID_ARGUMENT);
  // Fields beyond the size do not count.
  request.size = offsetof(gdr_cache_request, chip);
  EXPECT_EQ(gdr_cache_get(&request, &module), GDR_INVALID_ARGUMENT);
  EXPECT_TRUE(runInChild([&] {
    useStub();
    gdr_module *found;
    return get(found, "module", "cpu", "none") == GDR_INVALID_ARGUMENT &&
           gdr_last_error() == std::string("expected a function of the module, "
                                           "got 'none'");
  }));
}

int main(int argc, char **argv) {
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
