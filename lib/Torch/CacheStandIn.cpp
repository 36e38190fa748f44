// To be deleted once libgdr_runtime has the cache.
#include "gdr-c/Cache.h"
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <fstream>
#include <map>
#include <mutex>
#include <string>
extern "C" __attribute__((visibility("hidden"))) int32_t
gdr_cache_get(const gdr_cache_request *r, gdr_module **out) {
  static std::mutex m;
  static std::map<std::string, gdr_module *> all;
  static int n;
  std::lock_guard<std::mutex> lock(m);
  gdr_module *&module = all[std::string(r->chip) + r->text];
  if (!module) {
    char dir[] = "/tmp/gdr-standin-XXXXXX";
    mkdtemp(dir);
    std::string d = dir;
    std::ofstream(d + "/m.mlir") << r->text;
    if (getenv("GDR_SHOW"))
      std::fprintf(stderr, "%s", r->text);
    std::string cmd = std::string(GDR_STANDIN_BIN "/gdr-opt ") + d +
                      "/m.mlir --gdr-compile=target=cpu --emit=object -o " + d +
                      "/m.o && cc -shared -o " + d + "/m.so " + d +
                      "/m.o -L" GDR_STANDIN_LIB " -lgdr_runtime -lm";
    if (system(cmd.c_str())) {
      all.erase(std::string(r->chip) + r->text);
      return 6;
    }
    void *h = dlopen((d + "/m.so").c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!h) {
      std::fprintf(stderr, "%s\n", dlerror());
      return 6;
    }
    std::string f = r->function;
    module = new gdr_module{
        (int32_t (*)(const gdr_args_header *))dlsym(h, f.c_str()),
        (int64_t (*)(const gdr_args_header *))dlsym(
            h, (f + "_workspace_size").c_str()),
        (int32_t (*)(int32_t))dlsym(h, (f + "_load").c_str()),
        strdup((d + "/m.so").c_str())};
  }
  *out = module;
  return 0;
}
extern "C" __attribute__((visibility("hidden"))) const char *
gdr_device_chip(int32_t) {
  return "sm_90a";
}
