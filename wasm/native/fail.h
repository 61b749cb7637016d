// How native checks end when they find something.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>

namespace floodlight {

[[noreturn]] inline void fail(const std::string& what) {
  fprintf(stderr, "%s\n", what.c_str());
  exit(1);
}

inline void expect(bool holds, const std::string& what) {
  if (!holds) fail(what);
}

}  // namespace floodlight
