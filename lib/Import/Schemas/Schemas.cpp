#include "lib/Import/Schemas/Schemas.h"
#include "lib/Import/Schemas/Operator.h"

namespace azulejo::schemas {

#define AZULEJO_SCHEMA_FAMILY(name) void add##name##Schemas();
#include "lib/Import/Schemas/Families.inc"

void registerSchemas() {
  [[maybe_unused]] static const bool once = [] {
    ::onnx::OpSchemaRegistry::DomainToVersionRange::Instance().AddDomainToVersion(microsoftDomain,
                                                                                  1, 1);
#define AZULEJO_SCHEMA_FAMILY(name) add##name##Schemas();
#include "lib/Import/Schemas/Families.inc"
    return true;
  }();
}

} // namespace azulejo::schemas
