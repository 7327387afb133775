import 'reflect-metadata';
import { Agent } from 'node:http';
import { HttpModule, HttpService } from '@nestjs/axios';
import {
  BadGatewayException,
  Body,
  Controller,
  HttpException,
  Injectable,
  Module,
  Patch,
  UnprocessableEntityException,
  ValidationPipe,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { isAxiosError } from 'axios';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsISO8601,
  IsObject,
  IsOptional,
  IsString,
  Length,
  ValidateNested,
} from 'class-validator';
import { Logger, LoggerModule } from 'nestjs-pino';
import { firstValueFrom } from 'rxjs';

/**
 * What a competent team writes from the handbooks: Nest on Express, a DTO behind the ValidationPipe, one axios call over
 * keep-alive connections for each request, and a log line for each request.
 */

const IDENTIFIER_TYPES = ['mobile', 'email', 'externalId', 'wechat', 'cuid', 'fbId', 'line', 'mobilePush'];

class IdentifierDto {
  @IsIn(IDENTIFIER_TYPES)
  type: string;

  @Length(1, 255)
  @IsString()
  value: string;
}

class CommChannelDto {
  @IsIn(['mobile', 'email', 'wechat', 'ios', 'android', 'line', 'mobilePush'])
  type: string;

  @Length(1, 255)
  @IsString()
  value: string;

  @IsOptional()
  @IsBoolean()
  primary?: boolean;

  @IsOptional()
  @IsBoolean()
  verified?: boolean;
}

class CustomerUpdateDto {
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => IdentifierDto)
  identifiers: IdentifierDto[];

  @IsOptional()
  @Length(1, 100)
  @IsString()
  firstName?: string;

  @IsOptional()
  @Length(1, 100)
  @IsString()
  lastName?: string;

  @IsIn(['loyalty', 'non_loyalty'])
  loyaltyType: string;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => CommChannelDto)
  commChannels?: CommChannelDto[];

  @IsOptional()
  @IsObject()
  fields?: Record<string, unknown>;

  @IsOptional()
  @IsObject()
  extendedFields?: Record<string, unknown>;

  @IsOptional()
  @IsISO8601()
  createDate?: string;

  @IsOptional()
  @Length(1, 100)
  @IsString()
  associatedWith?: string;
}

interface TokenAnswer {
  readonly data: { readonly accessToken: string; readonly ttlSeconds: number };
}

interface VendorResult {
  readonly profiles: readonly { readonly identifiers: readonly IdentifierDto[] }[];
  readonly errors?: readonly { readonly code?: number; readonly message?: string }[];
  readonly warnings?: readonly unknown[];
}

@Injectable()
class TokenService {
  private token = '';
  private expiresAt = 0;
  private renewal: Promise<void> | undefined;

  constructor(private readonly http: HttpService) {}

  async get(): Promise<string> {
    if (Date.now() >= this.expiresAt) {
      this.renewal ??= this.renew().finally(() => (this.renewal = undefined));
      await this.renewal;
    }
    return this.token;
  }

  private async renew(): Promise<void> {
    const credentials = { key: 'bench', secret: 'bench' };
    const { data } = await firstValueFrom(
      this.http.post<TokenAnswer>('/v3/oauth/token/generate', credentials),
    );
    this.token = data.data.accessToken;
    this.expiresAt = Date.now() + (data.data.ttlSeconds - 30) * 1000;
  }
}

@Injectable()
class CustomersService {
  constructor(
    private readonly http: HttpService,
    private readonly tokens: TokenService,
  ) {}

  async update({ loyaltyType, extendedFields, createDate, associatedWith, ...profile }: CustomerUpdateDto) {
    const loyaltyInfo = { loyaltyType };
    const result = await this.send({
      profiles: [profile],
      loyaltyInfo,
      extendedFields,
      createDate,
      associatedWith,
    });
    const errors = (result?.errors ?? []).filter(({ code }) => code !== undefined);
    if (!result || errors.length > 0) throw new UnprocessableEntityException({ errors });
    return {
      outcome: 'updated',
      identifiers: result.profiles[0]?.identifiers ?? [],
      warnings: result.warnings ?? [],
    };
  }

  private async send(item: unknown): Promise<VendorResult | undefined> {
    const headers = { 'X-CAP-API-OAUTH-TOKEN': await this.tokens.get() };
    try {
      const { data } = await firstValueFrom(
        this.http.put<VendorResult[]>('/v2/bulk', [item], { headers, params: { source: 'INSTORE' } }),
      );
      return data[0];
    } catch (error) {
      if (isAxiosError(error) && error.response) {
        throw new HttpException('The vendor refused the call', error.response.status);
      }
      throw new BadGatewayException();
    }
  }
}

@Controller('v1/customers')
class CustomersController {
  constructor(private readonly customers: CustomersService) {}

  @Patch()
  async update(@Body() customer: CustomerUpdateDto) {
    return this.customers.update(customer);
  }
}

@Module({
  imports: [
    LoggerModule.forRoot(),
    HttpModule.register({
      baseURL: process.env['UPSTREAM_BASE_URL'] ?? '',
      httpAgent: new Agent({ keepAlive: true }),
      timeout: 5000,
    }),
  ],
  controllers: [CustomersController],
  providers: [CustomersService, TokenService],
})
class AppModule {}

const app = await NestFactory.create(AppModule, { bufferLogs: true });
app.useLogger(app.get(Logger));
app.useGlobalPipes(new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true, transform: true }));
await app.listen(0, '127.0.0.1');
console.log(JSON.stringify({ event: 'textbook.listening', url: await app.getUrl() }));
process.on('SIGTERM', () => process.exit(0));
